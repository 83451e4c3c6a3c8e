package dev.forkd.supervisor.testing.handlers;

import dev.forkd.handler.Datagram;
import dev.forkd.handler.DatagramHandler;
import dev.forkd.handler.Request;
import dev.forkd.handler.StreamHandler;
import dev.forkd.ipc.ProcessPool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Does what its client says, line by line: tells who serves it, prints, throws, floods, hangs, dies, breaks the protocol. Echoes datagrams. */
public class ProbeHandler implements StreamHandler, DatagramHandler {
    private final AtomicInteger clients = new AtomicInteger();

    /** Fails while the file named by the system property {@code probe.broken} exists, and {@linkplain #hold waits}. */
    public ProbeHandler() throws IOException {
        hold();
        String broken = System.getProperty("probe.broken", "");
        if (!broken.isEmpty() && Files.exists(Path.of(broken))) {
            System.out.println("the last words");
            throw new IllegalStateException("broken on purpose");
        }
    }

    @Override
    public void handle(Datagram datagram) throws Exception {
        datagram.reply(datagram.payload());
    }

    @Override
    public void handle(Request request) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(request.input(), StandardCharsets.UTF_8));
        String line = in.readLine();
        if (line == null) {
            hold();
        }
        int client = line == null ? 0 : clients.incrementAndGet(); // those of a warm-up say nothing and do not count
        for (; line != null; line = in.readLine()) {
            String[] words = line.split(" ", 2);
            answer(request, obey(request, client, words[0], words.length == 1 ? "" : words[1]));
        }
    }

    /** Boot and rehearsals wait where the pipe named by the system property {@code probe.hold} is, until that has a writer: no Ready until then. */
    private static void hold() throws IOException {
        Path pipe = Path.of(System.getProperty("probe.hold", "/nowhere"));
        if (Files.exists(pipe)) {
            System.out.println("held");
            Files.newInputStream(pipe).close();
        }
    }

    @Override
    public byte[] refusal() {
        return "busy\n".getBytes(StandardCharsets.UTF_8);
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
            case "child" -> {
                Process _ =
                        new ProcessBuilder("cat").start(); // until this process, at the other end of the pipe, is gone
                yield "started";
            }
            case "pool" -> pool(argument);
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

    /** A class that only the service's class path has, there and back. */
    private record Word(String text) implements Serializable {}

    private static String pool(String words) throws InterruptedException {
        try (ProcessPool pool = new ProcessPool(1)) {
            return pool.map(word -> new Word(word + "!"), List.of(words.split(" ", -1)))
                    .toString();
        }
    }

    private static String fill() {
        byte[][] memory = new byte[4096][];
        for (int i = 0; i < memory.length; i++) {
            memory[i] = new byte[1 << 20];
        }
        return "room for " + memory.length;
    }
}
