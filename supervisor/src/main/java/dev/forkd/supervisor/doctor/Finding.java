package dev.forkd.supervisor.doctor;

/**
 * What was found about one thing.
 *
 * @param name the thing
 * @param found how it is
 * @param advice what to do; empty if nothing
 */
public record Finding(String name, Level level, String found, String advice) {

    /** How much it matters. */
    public enum Level {
        OK,
        /** Works, with less than there could be. */
        NOTE,
        /** Works until there is more load. */
        WARN,
        /** Does not work. */
        FAIL
    }

    static Finding ok(String name, String found) {
        return new Finding(name, Level.OK, found, "");
    }

    static Finding note(String name, String found, String advice) {
        return new Finding(name, Level.NOTE, found, advice);
    }

    static Finding fail(String name, String found, String advice) {
        return new Finding(name, Level.FAIL, found, advice);
    }
}
