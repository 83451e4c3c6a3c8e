package dev.forkd.worker.handlers.ftp;

/** The client said ABOR while data moved. */
final class TransferAborted extends FtpException {
    private static final long serialVersionUID = 1;

    TransferAborted() {
        super(426, "Transfer aborted.");
    }
}
