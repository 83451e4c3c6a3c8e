package dev.forkd.supervisor.testing.handlers;

import dev.forkd.handler.Request;
import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.StreamHandler;
import java.net.ConnectException;

/** A handler whose start fails for a reason that lies deeper. */
public final class Unstartable implements StreamHandler {
    @Override
    public void start(ServerInfo server) {
        throw new IllegalStateException("no database", new ConnectException("Connection refused"));
    }

    @Override
    public void handle(Request request) {}
}
