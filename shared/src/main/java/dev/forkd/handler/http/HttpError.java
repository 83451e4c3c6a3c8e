package dev.forkd.handler.http;

/** Thrown by a route to answer with a status other than 200; nothing is logged, the client gets the message as text. */
public final class HttpError extends Exception {
    private static final long serialVersionUID = 1;
    private final int status;

    /**
     * @param status 400 to 599
     * @param message what the client reads
     */
    public HttpError(int status, String message) {
        super(message, null, false, false);
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status " + status + " is not an error: 400 to 599");
        }
        this.status = status;
    }

    public int status() {
        return status;
    }
}
