package dev.forkd.worker.handlers.ftp;

import dev.forkd.worker.handlers.ftp.files.Facts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the server says about itself, and the options of transfers: FEAT, OPTS, HELP, STAT, TYPE, STRU, MODE, REST. */
final class InfoCommands {
    private static final int WORDS_PER_LINE = 8;

    private final Control control;
    private final TransferMode mode;
    private final boolean hasTls;

    InfoCommands(Control control, TransferMode mode, boolean hasTls) {
        this.control = control;
        this.mode = mode;
        this.hasTls = hasTls;
    }

    /** RFC 2389 section 3. */
    void feat() throws IOException {
        List<String> features = new ArrayList<>();
        if (hasTls) {
            features.addAll(List.of("AUTH TLS", "PBSZ", "PROT"));
        }
        StringBuilder facts = new StringBuilder("MLST ");
        for (Facts.Fact fact : Facts.Fact.values()) {
            facts.append(fact.text()).append(mode.facts().chosen().contains(fact) ? "*;" : ";");
        }
        features.addAll(List.of(
                "EPRT",
                "EPSV",
                "HOST",
                "MDTM",
                "MFMT",
                facts.toString(),
                "PASV",
                "REST STREAM",
                "SIZE",
                "TVFS",
                "UTF8"));
        control.reply(211, "Features:", features, "End");
    }

    /** RFC 2389 section 4. */
    void opts(String argument) throws IOException, FtpException {
        String[] words = argument.strip().split(" +", 2);
        String rest = words.length < 2 ? "" : words[1];
        switch (words[0].toUpperCase(Locale.ROOT)) {
            case "UTF8" -> {
                if (!rest.isEmpty() && !rest.equalsIgnoreCase("ON")) {
                    throw new FtpException(504, "File names are UTF-8 here.");
                }
                control.reply(200, "UTF-8 it is.");
            }
            case "MLST" -> {
                mode.facts(mode.facts().choose(rest));
                StringBuilder chosen = new StringBuilder("MLST OPTS ");
                mode.facts().chosen().forEach(fact -> chosen.append(fact.text()).append(';'));
                control.reply(200, chosen.toString());
            }
            default -> throw new FtpException(501, "There are OPTS UTF8 and OPTS MLST.");
        }
    }

    void help() throws IOException {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (Verb verb : Verb.values()) {
            if (verb != Verb.UNKNOWN && verb != Verb.MALFORMED) {
                line.append(verb).append("     ", 0, 5 - verb.name().length());
                if (line.length() >= WORDS_PER_LINE * 5) {
                    lines.add(line.toString().stripTrailing());
                    line.setLength(0);
                }
            }
        }
        lines.add(line.toString().stripTrailing());
        control.reply(214, "These commands are understood:", lines, "End");
    }

    void status(Optional<LoggedIn> user) throws IOException {
        List<String> lines = Arrays.asList(
                user.map(u -> "Logged in as " + u.account().name() + ".").orElse("Not logged in."),
                "TYPE " + (mode.ascii() ? "ASCII" : "Image") + ", STRU File, MODE Stream.",
                control.isEncrypted()
                        ? "Control connection under TLS, data " + (mode.protectedData() ? "too." : "in the clear.")
                        : "Connections in the clear.");
        control.reply(211, "Status:", lines, "End");
    }

    /** RFC 959 section 3.1.1. */
    void type(Command command) throws IOException, FtpException {
        switch (command.argument().strip().toUpperCase(Locale.ROOT)) {
            case "A", "A N" -> {
                mode.ascii(true);
                control.reply(200, "Type is ASCII.");
            }
            case "I", "L 8" -> {
                mode.ascii(false);
                control.reply(200, "Type is Image.");
            }
            default -> throw new FtpException(504, "TYPE A or TYPE I.");
        }
    }

    /** STRU and MODE: what RFC 1123 section 4.1.2 calls the minimum, and everyone uses. */
    void only(Command command, String supported) throws IOException, FtpException {
        if (!command.word().equals(supported)) {
            throw new FtpException(504, command.verb() + " " + supported + " is what there is.");
        }
        control.reply(200, command.verb() + " " + supported + ".");
    }

    /** RFC 3659 section 5. */
    void rest(Command command) throws IOException, FtpException {
        String digits = command.argument().strip();
        if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new FtpException(501, "REST wants a number of bytes.");
        }
        mode.restart(Long.parseLong(digits));
        control.reply(350, "Restarting at " + digits + "; now RETR or STOR.");
    }
}
