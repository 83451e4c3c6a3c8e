package dev.forkd.supervisor.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code scripts/forkd serve} with a configuration, as an operator starts it. The build must be complete. */
public final class ForkdServer implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("event=ready service=(\\S+) listen=(.+)");

    private final Process process;
    private final Path log;
    private final List<Listener> listeners = new ArrayList<>();

    private record Listener(String service, String url) {}

    private ForkdServer(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it and waits until all its services are ready.
     *
     * @param directory where it runs, keeps its control socket, and writes its log to
     * @param toml further keys of the control table, then the rest
     */
    public static ForkdServer start(Path directory, String toml) throws IOException {
        Path config = Files.writeString(
                directory.resolve("forkd.toml"),
                "[control]\nsocket = \"" + directory.resolve("control") + "\"\n" + toml);
        Path log = directory.resolve("log");
        Path home = Path.of(System.getProperty("forkd.home"));
        ProcessBuilder builder = new ProcessBuilder(
                        home.resolve("scripts/forkd").toString(), "serve", "-c", config.toString())
                .directory(directory.toFile())
                .redirectError(log.toFile());
        builder.environment().put("FORKD_NO_BUILD", "1");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        ForkdServer server = new ForkdServer(builder.start(), log);
        try {
            server.awaitStarted();
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private void awaitStarted() throws IOException {
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = out.readLine();
        while (line != null && !line.startsWith("event=started")) {
            Matcher m = READY.matcher(line);
            if (m.matches()) {
                listeners.add(new Listener(m.group(1), m.group(2)));
            }
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException("forkd did not start:\n" + log());
        }
    }

    /** Where a service listens for {@code tcp}, {@code udp}, {@code unix} or {@code unixgram}, without the scheme. */
    public String address(String service, String scheme) {
        return listeners.stream()
                .filter(listener -> listener.service().equals(service))
                .map(Listener::url)
                .filter(url -> url.startsWith(scheme + ":"))
                .map(url -> url.substring(scheme.length() + 1).replaceFirst("^//", ""))
                .findFirst()
                .orElseThrow(() -> new AssertionError(service + " does not listen on " + scheme + ": " + listeners));
    }

    /** Host and port of a {@code tcp} or {@code udp} listener. */
    public InetSocketAddress inet(String service, String scheme) {
        String address = address(service, scheme);
        int colon = address.lastIndexOf(':');
        return new InetSocketAddress(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
    }

    /** A connection to the TCP listener, on which no read takes longer than half a minute. */
    public Socket connect(String service) throws IOException {
        InetSocketAddress address = inet(service, "tcp");
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(30_000);
        return socket;
    }

    /** Of the supervisor. */
    public long pid() {
        return process.pid();
    }

    /** What it has logged so far. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /** SIGTERM, and wait. @return the exit code */
    public int stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IOException("forkd does not stop:\n" + log());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly(); // its workers see the end of their control sockets and leave
    }
}
