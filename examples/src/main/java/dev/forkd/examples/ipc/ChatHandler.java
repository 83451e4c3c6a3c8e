package dev.forkd.examples.ipc;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.forkd.handler.Request;
import dev.forkd.handler.StreamHandler;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;

/** A chat: each client has a process of its own, and what it says goes through shared queues to the processes of the others. */
public final class ChatHandler implements StreamHandler {
    private static final Duration LISTEN = Duration.ofSeconds(1);

    @Override
    public void handle(Request request) throws Exception {
        Optional<ChatRoom> entered = ChatRoom.enter(request.server().ipc());
        if (entered.isEmpty()) {
            write(request, "the room is full");
            return;
        }
        try (ChatRoom room = entered.get()) {
            write(
                    request,
                    "you are guest " + room.seat() + ", in process "
                            + request.server().pid());
            Thread ears = Thread.ofPlatform().name("chat-ears").daemon().start(() -> listen(request, room));
            BufferedReader lines = new BufferedReader(new InputStreamReader(request.input(), UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                room.say(line);
            }
            ears.interrupt();
            ears.join();
        }
    }

    private static void listen(Request request, ChatRoom room) {
        try {
            while (true) {
                room.hear(LISTEN).ifPresent(line -> write(request, line));
            }
        } catch (InterruptedException e) {
            // the client has left
        } catch (IOException | UncheckedIOException e) {
            // nobody reads any more; the other thread sees the end of the connection too
        }
    }

    private static void write(Request request, String line) {
        try {
            request.output().write((line + "\n").getBytes(UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
