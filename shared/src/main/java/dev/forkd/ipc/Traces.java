package dev.forkd.ipc;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Stacks as text, as they travel between processes. */
final class Traces {
    private Traces() {}

    static String of(Throwable e) {
        StringWriter text = new StringWriter();
        e.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    static String of(String thread, StackTraceElement[] stack) {
        StringBuilder text = new StringBuilder("\"").append(thread).append("\"\n");
        for (StackTraceElement frame : stack) {
            text.append("\tat ").append(frame).append('\n');
        }
        return text.toString();
    }
}
