package dev.forkd.supervisor.loop;

import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/** The arguments of a command of the admin socket. Whatever is misspelt or of another kind is refused: what it was meant to limit would else be done to all. */
final class Arguments {
    private final JsonNode arguments;

    /** @throws IllegalArgumentException if there are others than these */
    Arguments(JsonNode arguments, String... known) {
        this.arguments = arguments;
        if (!arguments.isMissingNode() && !arguments.isObject()) {
            throw new IllegalArgumentException("arguments should be an object, not " + arguments);
        }
        for (String name : arguments.propertyNames()) {
            if (!List.of(known).contains(name)) {
                throw new IllegalArgumentException("unknown argument \"" + name + "\"; known are " + List.of(known));
            }
        }
    }

    /** A whole number, 0 or more. @throws IllegalArgumentException if it is something else */
    OptionalInt number(String name) {
        JsonNode value = arguments.path(name);
        if (value.isMissingNode()) {
            return OptionalInt.empty();
        }
        if (!value.canConvertToInt() || !value.isIntegralNumber() || value.asInt() < 0) {
            throw new IllegalArgumentException(name + " should be a whole number, 0 or more, not " + value);
        }
        return OptionalInt.of(value.asInt());
    }

    /** False if it is not there. @throws IllegalArgumentException if it is neither true nor false */
    boolean flag(String name) {
        JsonNode value = arguments.path(name);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw new IllegalArgumentException(name + " should be true or false, not " + value);
        }
        return value.asBoolean(false);
    }

    /** Empty if it is not there. @throws IllegalArgumentException if it is something else */
    String text(String name) {
        JsonNode value = arguments.path(name);
        if (!value.isMissingNode() && !value.isString()) {
            throw new IllegalArgumentException(name + " should be a text, not " + value);
        }
        return value.asString("");
    }
}
