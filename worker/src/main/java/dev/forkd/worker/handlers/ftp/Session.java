package dev.forkd.worker.handlers.ftp;

import dev.forkd.handler.IdleTimeoutException;
import dev.forkd.handler.Request;
import dev.forkd.worker.handlers.ftp.files.ListFormat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One client, from greeting to goodbye: takes commands one after the other and sees to it that each gets its reply. Runs on the
 * client's thread only.
 */
final class Session {
    /** Lines that were no commands, one after the other, before we hang up: not an FTP client. */
    private static final int MAX_NONSENSE = 20;

    private final Control control;
    private final FtpSettings settings;
    private final TransferMode mode = new TransferMode();
    private final DataCommands ports;
    private final LoginCommands login;
    private final TlsCommands tls;
    private final FileCommands files;
    private final InfoCommands info;
    private final TransferCommands transfers;
    private final AccessLog log;
    private final long loginEnd;
    private Optional<LoggedIn> user = Optional.empty();
    private int nonsense;
    private boolean over;

    /** @param listening told of each passive listener that this session opens */
    Session(Request request, FtpService service, Consumer<InetSocketAddress> listening) throws IOException {
        InetAddress client = DataCommands.hostOf(request.clientAddress());
        this.settings = service.settings();
        this.control = new Control(request);
        this.log = new AccessLog(request);
        this.ports = new DataCommands(control, settings, request, listening);
        this.login = new LoginCommands(control, settings, service.throttle(), service.pause(), client, log);
        this.tls = new TlsCommands(control, settings, service.tls(), mode);
        this.files = new FileCommands(control);
        this.info = new InfoCommands(control, mode, service.tls().isPresent());
        this.transfers = new TransferCommands(mode, new Transfers(control, settings, service.tls(), mode, ports, log));
        this.loginEnd = System.nanoTime() + settings.loginTimeout().toNanos();
    }

    /** @throws IdleTimeoutException when the client said nothing for too long; it has been told */
    void run() throws IOException {
        try (ports) {
            control.reply(220, settings.banner());
            while (!over) {
                Optional<Command> command = control.next(patience());
                if (command.isEmpty()) {
                    return;
                }
                carryOut(command.get());
            }
            control.close();
        } catch (IdleTimeoutException e) {
            sayGoodbye(e);
            throw e;
        } catch (ControlLost e) {
            return; // the client has gone, in the middle of something perhaps: its right
        }
    }

    private void sayGoodbye(IdleTimeoutException timeout) {
        try {
            control.reply(421, user.isPresent() ? "You were silent for too long." : "You did not log in in time.");
            control.close();
        } catch (IOException e) {
            timeout.addSuppressed(e);
        }
    }

    /** Before the login its own time; after it the service's idle time. */
    private Optional<Duration> patience() {
        return user.isPresent()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(1, loginEnd - System.nanoTime())));
    }

    private void carryOut(Command command) throws IOException {
        try {
            if (command.verb() != Verb.RNTO) {
                files.forgetRename();
            }
            check(command);
            dispatch(command);
            boolean sense = command.verb() != Verb.UNKNOWN && command.verb() != Verb.MALFORMED;
            nonsense = sense ? 0 : nonsense;
        } catch (TransferAborted e) {
            control.reply(e.code(), e.getMessage());
            control.reply(226, "ABOR was successful.");
        } catch (FtpException e) {
            control.reply(e.code(), e.getMessage());
        } catch (ControlLost | IdleTimeoutException e) {
            throw e;
        } catch (IOException e) {
            FtpException explained = FileErrors.explain(e);
            control.reply(explained.code(), explained.getMessage());
        }
    }

    private void check(Command command) throws FtpException {
        if (command.verb().needsLogin() && user.isEmpty()) {
            throw new FtpException(530, "Log in with USER and PASS.");
        }
        if (command.verb().needsArgument() && command.argument().isBlank()) {
            throw new FtpException(501, command.verb() + " needs an argument.");
        }
    }

    private void dispatch(Command command) throws IOException, FtpException {
        String argument = command.argument();
        switch (command.verb()) {
            case USER -> {
                user = Optional.empty();
                login.user(argument);
            }
            case PASS -> pass(command);
            case ACCT -> control.reply(502, "There are no accounts here.");
            case HOST -> host(argument);
            case QUIT -> {
                control.reply(221, "Goodbye.");
                over = true;
            }
            case REIN -> {
                user = Optional.empty();
                ports.close();
                mode.reset(false);
                control.reply(220, settings.banner());
            }
            case AUTH -> tls.auth(command);
            case PBSZ -> tls.pbsz();
            case PROT -> tls.prot(command);
            case CCC -> throw tls.ccc();
            case SYST -> control.reply(215, "UNIX Type: L8");
            case FEAT -> info.feat();
            case OPTS -> info.opts(argument);
            case NOOP -> control.reply(200, "NOOP ok.");
            case HELP -> info.help();
            case STAT -> stat(command);
            case TYPE -> info.type(command);
            case STRU -> info.only(command, "F");
            case MODE -> info.only(command, "S");
            case ALLO -> control.reply(202, "Space need not be allocated.");
            case REST -> info.rest(command);
            case ABOR -> control.reply(226, "No transfer was under way.");
            case PASV -> ports.pasv();
            case EPSV -> ports.epsv(argument);
            case PORT -> ports.port(PortArgument.ofPort(argument));
            case EPRT -> ports.port(PortArgument.ofEprt(argument));
            case PWD, CWD, CDUP, MKD, RMD, DELE, RNFR, RNTO, SIZE, MDTM, MFMT, MLST, SITE ->
                onFiles(loggedIn(), command);
            case LIST, NLST, MLSD, RETR, STOR, APPE, STOU -> onData(loggedIn(), command);
            case UNKNOWN, MALFORMED -> unknown(command);
        }
    }

    /** Checked already, by {@link #check}. */
    private LoggedIn loggedIn() throws FtpException {
        return user.orElseThrow(() -> new FtpException(530, "Log in with USER and PASS."));
    }

    private void onFiles(LoggedIn who, Command command) throws IOException, FtpException {
        String argument = command.argument();
        AccessLog.Started started = log.start(who.account().name(), command);
        switch (command.verb()) {
            case PWD -> files.pwd(who);
            case CWD -> files.cwd(who, argument.isEmpty() ? "/" : argument);
            case CDUP -> files.cwd(who, "..");
            case MKD -> files.mkd(who, argument);
            case RMD -> files.rmd(who, argument);
            case DELE -> files.dele(who, argument);
            case RNFR -> files.rnfr(who, argument);
            case RNTO -> files.rnto(who, argument);
            case SIZE -> files.size(who, mode, argument);
            case MDTM -> files.mdtm(who, argument);
            case MFMT -> files.mfmt(who, argument);
            case MLST -> files.mlst(who, mode, argument);
            default -> site(who, argument);
        }
        switch (command.verb()) {
            case MKD, RMD, DELE, RNTO -> started.end(250, 0);
            default -> {}
        }
    }

    private void onData(LoggedIn who, Command command) throws IOException, FtpException {
        switch (command.verb()) {
            case LIST -> transfers.list(who, command, ListFormat.LONG);
            case NLST -> transfers.list(who, command, ListFormat.NAMES);
            case MLSD -> transfers.mlsd(who, command);
            case RETR -> transfers.retr(who, command);
            case STOR -> transfers.stor(who, command);
            case APPE -> transfers.appe(who, command);
            default -> transfers.stou(who, command);
        }
    }

    private void pass(Command command) throws IOException, FtpException {
        user = login.pass(command);
        user.ifPresent(who -> mode.reset(who.account().readOnly()));
        over = login.isOver();
    }

    /** RFC 7151: there is one host here, whatever it is called. */
    private void host(String name) throws IOException, FtpException {
        if (user.isPresent()) {
            throw new FtpException(503, "HOST comes before USER.");
        }
        if (!HostName.isOne(name.strip())) {
            throw new FtpException(501, "HOST wants a name, an IPv4 address, or an IPv6 address in brackets.");
        }
        control.reply(220, settings.banner());
    }

    private void stat(Command command) throws IOException, FtpException {
        if (command.argument().isBlank()) {
            info.status(user);
        } else {
            transfers.stat(loggedIn(), command, control);
        }
    }

    private void site(LoggedIn who, String argument) throws IOException, FtpException {
        int space = argument.indexOf(' ');
        String rest = space < 0 ? "" : argument.substring(space + 1);
        switch (new Command(Verb.SITE, argument).word()) {
            case "CHMOD" -> files.chmod(who, rest);
            case "UTIME" -> files.utime(who, rest);
            case "HELP" -> control.reply(214, "There are SITE CHMOD, SITE UTIME and SITE HELP.");
            default -> throw new FtpException(504, "There are SITE CHMOD, SITE UTIME and SITE HELP.");
        }
    }

    private void unknown(Command command) throws IOException {
        boolean toldWhy = command.verb() == Verb.MALFORMED;
        if (++nonsense < MAX_NONSENSE) {
            control.reply(500, toldWhy ? command.argument() : "Unknown command.");
        } else {
            control.reply(421, "You do not speak FTP. Goodbye.");
            over = true;
        }
    }
}
