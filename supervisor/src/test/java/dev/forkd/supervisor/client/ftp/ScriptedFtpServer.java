package dev.forkd.supervisor.client.ftp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** An FTP server with fixed answers, for what forkd's own never says. It takes one connection after the other. */
final class ScriptedFtpServer implements AutoCloseable {
    private final ServerSocket control;
    private final ServerSocket data;
    private final Map<String, String> answers;
    private final String content;

    /**
     * @param answers by command, in place of those that a dull server of UNIX type gives
     * @param content of every listing and file
     */
    ScriptedFtpServer(Map<String, String> answers, String content) throws IOException {
        this.control = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        this.data = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        this.answers = new HashMap<>(Map.of(
                "USER", "230 Come in.",
                "FEAT", "502 Nothing special.",
                "SYST", "215 UNIX Type: L8",
                "EPSV", "229 Here (|||" + data.getLocalPort() + "|)"));
        this.answers.putAll(answers);
        this.content = content;
        Thread.ofPlatform().name("scripted-ftp").daemon().start(this::serve);
    }

    FtpTarget target() {
        return new FtpTarget(
                "127.0.0.1",
                control.getLocalPort(),
                "anonymous",
                new char[0],
                FtpTarget.Tls.OFF,
                Optional.empty(),
                Duration.ofSeconds(30));
    }

    private void serve() {
        while (!control.isClosed()) {
            try (Socket socket = control.accept()) {
                converse(socket);
            } catch (IOException e) {
                // the client, or the test, has finished
            }
        }
    }

    private void converse(Socket socket) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        OutputStream out = socket.getOutputStream();
        say(out, "220 Ready.");
        String line;
        while ((line = in.readLine()) != null) {
            String command = line.split(" ", 2)[0];
            if (!answers.containsKey(command) && (command.equals("LIST") || command.equals("RETR"))) {
                say(out, "150 It comes.");
                try (Socket transfer = data.accept()) {
                    transfer.getOutputStream().write(content.getBytes(StandardCharsets.UTF_8));
                }
                say(out, "226 That was it.");
            } else {
                say(out, answers.getOrDefault(command, "200 Yes."));
            }
        }
    }

    private static void say(OutputStream out, String line) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        control.close();
        data.close();
    }
}
