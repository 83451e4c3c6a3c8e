package dev.forkd.worker.handlers.ftp;

import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.Request;
import dev.forkd.text.AddressText;
import java.time.Instant;

/** What a session reports: transfers of files, changes, and refused logins; not each command and listing. */
final class AccessLog {
    private final Request request;
    private final String client;

    AccessLog(Request request) {
        this.request = request;
        this.client = AddressText.source(request.clientAddress());
    }

    /** A command that takes time has begun. */
    Started start(String user, Command command) {
        return new Started(user, command, Instant.now(), System.nanoTime());
    }

    /** One that has begun and is to be reported at its end. */
    final class Started {
        private final String user;
        private final Command command;
        private final Instant at;
        private final long nanos;

        private Started(String user, Command command, Instant at, long nanos) {
            this.user = user;
            this.command = command;
            this.at = at;
            this.nanos = nanos;
        }

        /** @param bytes moved over the data connection */
        void end(int code, long bytes) {
            switch (command.verb()) {
                case LIST, NLST, MLSD -> {}
                default ->
                    request.access(new AccessEntry(
                            client, user, command.text(), code, bytes, "", "", at, System.nanoTime() - nanos));
            }
        }
    }
}
