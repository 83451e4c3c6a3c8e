package dev.forkd.supervisor.testing.handlers;

import dev.forkd.protocol.Codec;
import dev.forkd.protocol.Message;
import dev.forkd.protocol.Messenger;
import dev.forkd.sys.Fd;
import dev.forkd.sys.MessageBuffer;
import java.io.IOException;
import java.util.List;

/** What a worker must not send on its control socket. */
final class Rogue {
    private static final int CONTROL = 3;
    private static final int OVERSIZED = 100 * 1024;

    private Rogue() {}

    static String act(String how) throws IOException {
        Fd control = new Fd(CONTROL);
        try (MessageBuffer raw = new MessageBuffer(OVERSIZED);
                Messenger messenger = new Messenger(Codec.MAX_FROM_WORKER)) {
            switch (how) {
                case "garbage" -> raw(raw, control, 40);
                case "oversized" -> raw(raw, control, OVERSIZED);
                case "short" -> raw(raw, control, 3);
                case "descriptor" -> {
                    Codec.encode(new Message.Pong(0), raw.data());
                    int _ = raw.send(control, 0, null, control, control);
                }
                case "done" ->
                    messenger.send(control, new Message.Done(123_456, Message.Outcome.COMPLETED, 0, 0, 0, 0, ""));
                case "recorded" -> messenger.send(control, new Message.Recorded(true, List.of()));
                case "taken" -> messenger.send(control, new Message.Taken(123_456));
                case "supervisors" -> messenger.send(control, new Message.Ping(1));
                default -> throw new IllegalArgumentException(how);
            }
        } finally {
            int _ = control.release();
        }
        return "sent";
    }

    private static void raw(MessageBuffer raw, Fd control, int length) throws IOException {
        raw.data().clear();
        for (int i = 0; i < length; i++) {
            raw.data().put((byte) 0xa5);
        }
        int _ = raw.send(control, 0, null);
    }
}
