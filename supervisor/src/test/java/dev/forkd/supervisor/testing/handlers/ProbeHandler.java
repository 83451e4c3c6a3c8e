package dev.forkd.supervisor.testing.handlers;

import dev.forkd.handler.Request;
import dev.forkd.handler.StreamHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Does what its client says, line by line: tells who serves it, prints, throws, floods, hangs, dies, breaks the protocol. */
public class ProbeHandler implements StreamHandler {
    private final AtomicInteger clients = new AtomicInteger();

    /** Fails while the file named by the system property {@code probe.broken} exists. */
    public ProbeHandler() {
        String broken = System.getProperty("probe.broken", "");
        if (!broken.isEmpty() && Files.exists(Path.of(broken))) {
            System.out.println("the last words");
            throw new IllegalStateException("broken on purpose");
        }
    }

    @Override
    public void handle(Request request) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(request.input(), StandardCharsets.UTF_8));
        String line = in.readLine();
        int client = line == null ? 0 : clients.incrementAndGet(); // those of a warm-up say nothing and do not count
        for (; line != null; line = in.readLine()) {
            String[] words = line.split(" ", 2);
            answer(request, obey(request, client, words[0], words.length == 1 ? "" : words[1]));
        }
    }

    private static void answer(Request request, String text) throws IOException {
        OutputStream out = request.output();
        out.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static String obey(Request request, int client, String order, String argument) throws Exception {
        return switch (order) {
            case "who" -> who(request, client);
            case "echo" -> argument;
            case "print" -> {
                System.out.println(argument);
                System.err.println(argument);
                yield "printed";
            }
            case "flood" -> flood(argument);
            case "throw" -> throw new IllegalStateException(argument);
            case "hang" -> {
                answer(request, "hanging");
                while (true) {
                    LockSupport.park();
                }
            }
            case "exit" -> {
                Runtime.getRuntime().halt(Integer.parseInt(argument));
                yield "";
            }
            case "fill" -> fill();
            case "rogue" -> Rogue.act(argument);
            default -> "what is " + order + "?";
        };
    }

    private static String who(Request request, int client) {
        Thread thread = Thread.currentThread();
        return "pid=" + request.server().pid() + " slot=" + request.server().slot() + " gen="
                + request.server().generation() + " client=" + client + " virtual=" + thread.isVirtual() + " engine="
                + request.server().engine();
    }

    /** Many whole lines on both streams, with nothing after them. */
    private static String flood(String text) {
        for (int i = 0; i < 200; i++) {
            System.out.println("out " + i + " " + text);
            System.err.println("err " + i + " " + text);
        }
        return "flooded";
    }

    private static String fill() {
        byte[][] memory = new byte[4096][];
        for (int i = 0; i < memory.length; i++) {
            memory[i] = new byte[1 << 20];
        }
        return "room for " + memory.length;
    }
}
