package dev.forkd.supervisor.config;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.toml.TomlFactory;

/** TOML as a tree. From Jackson's tokens: its mapper, which could make any class of it, takes 350 classes that the supervisor would keep for good. */
final class TomlTree {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private TomlTree() {}

    /** @throws JacksonException if it is not TOML */
    static ObjectNode read(String text) {
        try (JsonParser tokens = new TomlFactory().createParser(ObjectReadContext.empty(), text)) {
            var _ = tokens.nextToken();
            return object(tokens);
        }
    }

    private static ObjectNode object(JsonParser tokens) {
        ObjectNode object = NODES.objectNode();
        while (tokens.nextToken() != JsonToken.END_OBJECT) {
            String name = tokens.currentName();
            var _ = tokens.nextToken();
            object.set(name, value(tokens));
        }
        return object;
    }

    private static ArrayNode array(JsonParser tokens) {
        ArrayNode array = NODES.arrayNode();
        while (tokens.nextToken() != JsonToken.END_ARRAY) {
            array.add(value(tokens));
        }
        return array;
    }

    private static JsonNode value(JsonParser tokens) {
        JsonToken token = tokens.currentToken();
        return switch (token) {
            case START_OBJECT -> object(tokens);
            case START_ARRAY -> array(tokens);
            case VALUE_STRING -> NODES.stringNode(tokens.getString());
            case VALUE_TRUE, VALUE_FALSE -> NODES.booleanNode(token == JsonToken.VALUE_TRUE);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(tokens);
            case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT, VALUE_NULL ->
                throw new IllegalStateException("TOML has no " + token);
        };
    }

    private static JsonNode number(JsonParser tokens) {
        return switch (tokens.getNumberType()) {
            case INT -> NODES.numberNode(tokens.getIntValue());
            case LONG -> NODES.numberNode(tokens.getLongValue());
            case BIG_INTEGER -> NODES.numberNode(tokens.getBigIntegerValue());
            case FLOAT, DOUBLE -> NODES.numberNode(tokens.getDoubleValue());
            case BIG_DECIMAL -> NODES.numberNode(tokens.getDecimalValue());
        };
    }
}
