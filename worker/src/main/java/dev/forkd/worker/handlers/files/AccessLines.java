package dev.forkd.worker.handlers.files;

import dev.forkd.files.FilesError;
import dev.forkd.handler.AccessEntry;
import dev.forkd.handler.Request;
import dev.forkd.text.AddressText;
import java.time.Instant;

/** Reports one client's requests for the access log: status 0, or the protocol's error code. */
final class AccessLines {
    private final Request request;

    AccessLines(Request request) {
        this.request = request;
    }

    /** One request, from its frame to its end. */
    final class Line {
        private final String text;
        private final Instant at = Instant.now();
        private final long started = System.nanoTime();

        private Line(String text) {
            this.text = text;
        }

        void done(long bytes) {
            report(0, bytes);
        }

        void failed(FilesError error) {
            report(error.code(), 0);
        }

        private void report(int status, long bytes) {
            long nanos = System.nanoTime() - started;
            request.access(new AccessEntry(
                    AddressText.source(request.clientAddress()), "", text, status, bytes, "", "", at, nanos));
        }
    }

    Line begin(String text) {
        return new Line(text);
    }
}
