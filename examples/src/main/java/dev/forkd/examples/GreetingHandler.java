package dev.forkd.examples;

import dev.forkd.handler.Request;
import dev.forkd.handler.StreamHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** Asks for a name and greets it, from a process that this client has for itself. */
public final class GreetingHandler implements StreamHandler {
    private int clients; // of this process: with clients-per-worker = 1 never more than one

    @Override
    public void handle(Request request) throws IOException {
        var in = new BufferedReader(new InputStreamReader(request.input(), StandardCharsets.UTF_8));
        var out = new PrintWriter(request.output(), true, StandardCharsets.UTF_8);
        out.println("What is your name?");
        String name = in.readLine();
        if (name != null) {
            out.println("Hello, " + name + "! You are client " + ++clients + " of process "
                    + request.server().pid() + ".");
        }
    }
}
