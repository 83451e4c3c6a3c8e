package dev.forkd.handler.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoutesTest {
    private static Routes.Route named(String name) {
        return _ -> Response.text(name);
    }

    private static List<String> path(String path) {
        return List.of(path.substring(1).split("/", -1));
    }

    private static String matched(Routes routes, String path) throws Exception {
        Optional<Routes.Match> match = routes.match("GET", path(path));
        if (match.isEmpty()) {
            return "none";
        }
        Response.Bytes body = (Response.Bytes) match.get().route().answer(null).body();
        return new String(body.bytes(), java.nio.charset.StandardCharsets.UTF_8)
                + match.get().parameters();
    }

    @Test
    void theMoreParticularRouteIsTakenWhateverCameFirst() throws Exception {
        Routes routes = new Routes()
                .get("/{rest*}", named("rest"))
                .get("/a/{x}", named("one"))
                .get("/a/b", named("plain"))
                .get("/a/{x}/c", named("deep"))
                .get("/", named("root"));
        assertEquals("plain{}", matched(routes, "/a/b"));
        assertEquals("one{x=c}", matched(routes, "/a/c"));
        assertEquals("deep{x=b}", matched(routes, "/a/b/c"));
        assertEquals("rest{rest=a/b/d}", matched(routes, "/a/b/d"));
        assertEquals("rest{rest=a/}", matched(routes, "/a/"));
        assertEquals("root{}", matched(routes, "/"));
    }

    @Test
    void methodsOfAPath() throws Exception {
        Routes routes = new Routes()
                .get("/x", named("get"))
                .post("/x", named("post"))
                .put("/{y}", named("put"))
                .patch("/z", named("patch"))
                .delete("/z", named("delete"));
        assertEquals(Set.of("GET", "POST", "PUT"), routes.methods(path("/x")));
        assertEquals(Set.of("PUT", "PATCH", "DELETE"), routes.methods(path("/z")));
        assertEquals(Set.of(), routes.methods(path("/x/y")));
        assertEquals("none", matched(routes, "/z"));
    }

    @Test
    void pathsThatCannotBe() {
        for (String wrong : new String[] {"x", "", "/{", "/a{b}", "/{a*}/b", "/{1}", "/{a}/{a}", "/}"}) {
            String said = assertThrows(IllegalArgumentException.class, () -> new Routes().get(wrong, named("x")))
                    .getMessage();
            assertTrue(said.contains(wrong), said);
        }
        Routes routes = new Routes().get("/a/{x}", named("x"));
        String said = assertThrows(IllegalArgumentException.class, () -> routes.get("/a/{y}", named("y")))
                .getMessage();
        assertEquals("GET /a/{y} is taken already, by /a/{x}", said);
    }

    @Test
    void responsesRefuseWhatWouldBreakTheMessage() {
        Response text = Response.text("x");
        for (String value : new String[] {"a\r\nSet-Cookie: x", "a\nb", "a\0", "\u20ac"}) {
            assertThrows(IllegalArgumentException.class, () -> text.withHeader("X", value), value);
        }
        for (String name : new String[] {"", "a b", "a:", "Content-Length", "transfer-encoding", "ä"}) {
            assertThrows(IllegalArgumentException.class, () -> text.withHeader(name, "x"), name);
        }
        assertThrows(IllegalArgumentException.class, () -> text.withStatus(100));
        assertThrows(IllegalArgumentException.class, () -> new HttpError(200, "fine"));
        assertEquals(303, Response.seeOther("/x").status());
        assertSame(text.body(), text.withStatus(201).withHeader("X", "y").body());
        assertEquals(
                List.of(),
                text.withStatus(200).headers().stream()
                        .filter(h -> h.name().equals("X"))
                        .toList());
    }

    @Test
    void json() {
        assertEquals(
                "{\"a\":1,\"b\":[true,null,\"x\\\"\\\\\\n\\u0001ü\"],\"c\":{},\"d\":[]}",
                Json.object(
                        "a", 1, "b", java.util.Arrays.asList(true, null, "x\"\\\n\1ü"), "c", Map.of(), "d", List.of()));
        assertEquals("\"😀\\ud800\"", Json.write("😀\ud800"));
        assertEquals("1.5", Json.write(1.5));
        assertThrows(IllegalArgumentException.class, () -> Json.write(Double.NaN));
        assertThrows(IllegalArgumentException.class, () -> Json.write(new Object()));
        assertThrows(IllegalArgumentException.class, () -> Json.object("a"));
    }

    @Test
    void percentCoding() throws Exception {
        assertEquals(Optional.of("ä b"), PercentCoding.decode("%C3%a4%20b", false));
        assertEquals(Optional.of("ä+ b"), PercentCoding.decode("\u00c3\u00a4%2B+b", true));
        assertEquals(Optional.of("a+b"), PercentCoding.decode("a+b", false));
        for (String broken : new String[] {"%", "%1", "a%", "%zz", "%ff", "%c3", "%\uff11\uff11", "\u0100"}) {
            assertEquals(Optional.empty(), PercentCoding.decode(broken, false), broken);
        }
        assertEquals("a-b_c.d~%20%2F%3F%C3%A4", PercentCoding.encode("a-b_c.d~ /?ä"));
        assertEquals(Map.of("a", List.of("1", "2"), "b", List.of("")), Fields.parse("&a=1&&a=2&b&"));
        assertThrows(HttpError.class, () -> Fields.parse("a=%"));
        assertThrows(HttpError.class, () -> Fields.parse("a&".repeat(1001)));
    }
}
