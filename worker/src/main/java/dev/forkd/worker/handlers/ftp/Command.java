package dev.forkd.worker.handlers.ftp;

import java.util.Locale;

/**
 * One line that the client sent.
 *
 * @param verb what it asks for
 * @param argument what follows the verb and one space; trailing spaces are part of it, as they are of file names
 */
record Command(Verb verb, String argument) {

    static Command malformed(String why) {
        return new Command(Verb.MALFORMED, why);
    }

    /** @param line without its end; never throws, whatever it holds */
    static Command of(String line) {
        int space = line.indexOf(' ');
        String name = space < 0 ? line : line.substring(0, space);
        return new Command(Verb.named(name.toUpperCase(Locale.ROOT)), space < 0 ? "" : line.substring(space + 1));
    }

    /** The argument's first word, upper case: for arguments that are words. */
    String word() {
        String text = argument.strip();
        int space = text.indexOf(' ');
        return (space < 0 ? text : text.substring(0, space)).toUpperCase(Locale.ROOT);
    }

    /** As an access log shows it; a password stays what it is. */
    String text() {
        return switch (verb) {
            case PASS -> "PASS";
            default -> argument.isEmpty() ? verb.name() : verb + " " + argument;
        };
    }
}
