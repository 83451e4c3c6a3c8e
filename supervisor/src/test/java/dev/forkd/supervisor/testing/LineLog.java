package dev.forkd.supervisor.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The lines that a process writes, kept as they come, and a wait for one of them. Safe for all threads. */
final class LineLog {
    private static final long GUARD_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final List<String> lines = new ArrayList<>();
    private boolean ended;

    /** Reads the stream to its end, on a thread of its own. */
    LineLog(InputStream in, String name) {
        Thread.ofPlatform().name(name).daemon().start(() -> read(in));
    }

    private void read(InputStream in) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                add(line, false);
            }
        } catch (IOException e) {
            add("(reading ended: " + e + ")", false);
        }
        add("(end)", true);
    }

    private synchronized void add(String line, boolean last) {
        lines.add(line);
        ended |= last;
        notifyAll();
    }

    synchronized int size() {
        return lines.size();
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }

    /** How many lines contain the pattern. */
    synchronized long count(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return lines.stream().filter(line -> pattern.matcher(line).find()).count();
    }

    /**
     * Waits until {@code times} lines, from line {@code from} on, contain the pattern.
     *
     * @return the last of them
     * @throws AssertionError if the process ends, or two minutes pass, without it
     */
    synchronized Matcher await(String regex, int from, int times) {
        Pattern pattern = Pattern.compile(regex);
        long end = System.nanoTime() + GUARD_NANOS;
        int left = times;
        for (int next = from; ; next++) {
            waitForMore(next, end, regex);
            Matcher matcher = pattern.matcher(lines.get(next));
            if (matcher.find() && --left == 0) {
                return matcher;
            }
        }
    }

    /** Waits for the end of the stream. */
    synchronized void awaitEnd() {
        long end = System.nanoTime() + GUARD_NANOS;
        while (!ended) {
            waitForMore(lines.size(), end, "end of output");
        }
    }

    /** Waits until there are more than {@code size} lines. */
    private void waitForMore(int size, long end, String wanted) {
        try {
            while (lines.size() <= size) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (ended || left <= 0) {
                    throw new AssertionError("no line with " + wanted + " in:\n" + String.join("\n", lines));
                }
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + wanted, e);
        }
    }
}
