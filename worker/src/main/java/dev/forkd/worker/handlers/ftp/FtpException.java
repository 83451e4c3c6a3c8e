package dev.forkd.worker.handlers.ftp;

/** A command that is answered with a refusal: reply code and text. Carries no stack trace; it is an answer, not a defect. */
public class FtpException extends Exception {
    private static final long serialVersionUID = 1;

    private final int code;

    public FtpException(int code, String text) {
        super(text, null, false, false);
        this.code = code;
    }

    public int code() {
        return code;
    }
}
