package dev.forkd.supervisor.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeType;
import tools.jackson.dataformat.toml.TomlMapper;

/** Jackson's own mapper is the judge. */
class TomlTreeTest {
    @Test
    void allThatTomlHasIsReadAsTheMapperReadsIt() {
        for (String text : List.of(
                "",
                "# nothing\n",
                "a = 1\nb = -9223372036854775808\nc = 0xff\nd = 123456789012345678901234567890\ne = 1_000",
                "a = 0.5\nb = -1e3\nc = inf\nd = nan\ne = 3.0",
                "a = true\nb = false\nc = \"q\\\"\\u00fc\\n\"\nd = 'raw\\'\ne = \"\"\"\ntwo\nlines\"\"\"",
                "a = []\nb = [1, \"two\", [3, 4.0], { five = 5 }]\nc = {}",
                "a = 2026-11-29\nb = 12:30:00\nc = 2026-11-29T12:30:00Z\nd = 2026-11-29T12:30:00",
                "a.b.c = 1\n[x.\"y z\"]\nk = 2\n[[t]]\nn = 1\n[[t]]\nn = 2")) {
            JsonNode expected = new TomlMapper().readTree(text);
            JsonNode actual = TomlTree.read(text);
            assertEquals(expected.toString(), actual.toString());
            assertEquals(types(expected), types(actual), text);
        }
    }

    private static List<JsonNodeType> types(JsonNode tree) {
        return tree.values().stream().map(JsonNode::getNodeType).toList();
    }

    @Test
    void whatIsNotTomlIsSaidWithItsPlace() {
        JacksonException e = assertThrows(JacksonException.class, () -> TomlTree.read("a = 1\nb = [1,\nc"));
        JacksonException judge = assertThrows(JacksonException.class, () -> {
            var _ = new TomlMapper().readTree("a = 1\nb = [1,\nc");
        });
        assertEquals(judge.getOriginalMessage(), e.getOriginalMessage());
        assertEquals(judge.getLocation().getLineNr(), e.getLocation().getLineNr());
    }
}
