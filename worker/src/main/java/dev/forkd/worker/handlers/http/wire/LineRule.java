package dev.forkd.worker.handlers.http.wire;

import org.apache.hc.core5.util.CharArrayBuffer;

/** What the lines of a message part must look like; stands before HttpCore's parsers, which forgive more than is safe. */
public interface LineRule {

    /** Characters that the line to come may have at most, without its end. */
    int limit();

    /** The refusal of a line that is longer than that. */
    MessageException tooLong();

    /** Whether the client may end its side here, between two lines; else that is an error. */
    boolean mayEnd();

    /** Looks at a whole line, without its CRLF and with only visible characters, spaces, tabs and bytes above 0x7F in it. */
    void check(CharArrayBuffer line) throws MessageException;
}
