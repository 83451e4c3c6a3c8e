package dev.forkd.supervisor.observe;

import java.util.Map;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** A JSON object on one line of ASCII: whatever its strings hold, no reader and no terminal takes it for more than that. */
final class JsonLine {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private JsonLine() {}

    static String of(Map<String, Object> object) {
        return JSON.writeValueAsString(object);
    }
}
