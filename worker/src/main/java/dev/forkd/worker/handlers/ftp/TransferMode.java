package dev.forkd.worker.handlers.ftp;

import dev.forkd.worker.handlers.ftp.files.Facts;

/** What the client has said about the transfers to come (RFC 959 section 3, RFC 3659 section 5). One per session. */
final class TransferMode {
    private boolean ascii = true; // RFC 959 section 5.1: the default type is ASCII
    private long restart;
    private boolean bufferSizeKnown;
    private boolean protectedData;
    private Facts facts = Facts.all(false);

    boolean ascii() {
        return ascii;
    }

    void ascii(boolean on) {
        ascii = on;
    }

    /** Where the next RETR or STOR is to begin, in bytes of the file whatever the type; asked for once. */
    long takeRestart() {
        long offset = restart;
        restart = 0;
        return offset;
    }

    void restart(long offset) {
        restart = offset;
    }

    /** PROT is valid only after PBSZ (RFC 2228 section 3). */
    boolean bufferSizeKnown() {
        return bufferSizeKnown;
    }

    void bufferSizeIsKnown() {
        bufferSizeKnown = true;
    }

    boolean protectedData() {
        return protectedData;
    }

    void protectedData(boolean on) {
        protectedData = on;
    }

    Facts facts() {
        return facts;
    }

    void facts(Facts chosen) {
        facts = chosen;
    }

    /** A new user begins as a new client does (REIN, USER); the protection is the connection's and stays. */
    void reset(boolean readOnly) {
        ascii = true;
        restart = 0;
        facts = Facts.all(readOnly);
    }
}
