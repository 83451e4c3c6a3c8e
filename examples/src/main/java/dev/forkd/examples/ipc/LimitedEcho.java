package dev.forkd.examples.ipc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forkd.handler.Request;
import dev.forkd.handler.StreamHandler;
import dev.forkd.ipc.SharedValue;
import java.time.Duration;

/** Answers each client with how many it has served, at most {@code calls} in the time {@code per}, over all of its workers. */
public final class LimitedEcho implements StreamHandler {

    @Override
    public void handle(Request request) throws Exception {
        var ipc = request.server().ipc();
        int calls = Math.toIntExact(request.server().settings().integer("calls", 10));
        Duration per = request.server().settings().duration("per", Duration.ofSeconds(1));
        SharedValue served = ipc.value("served");
        boolean allowed = new RateLimit(ipc.value("due"), calls, per, calls).allow();
        String answer = allowed ? "client number " + served.add(1) : "too many clients, try again";
        request.output().write((answer + "\n").getBytes(UTF_8));
    }
}
