package dev.forkd.worker.handlers.http;

import dev.forkd.handler.http.Fields;
import dev.forkd.handler.http.HttpError;
import dev.forkd.handler.http.Response;
import dev.forkd.handler.http.Routes;
import dev.forkd.worker.handlers.http.files.StaticFiles;
import dev.forkd.worker.handlers.http.message.Payload;
import dev.forkd.worker.handlers.http.message.Reply;
import dev.forkd.worker.handlers.http.message.RequestBody;
import dev.forkd.worker.handlers.http.message.RequestHead;
import dev.forkd.worker.handlers.http.wire.MessageException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Decides who answers a request: the service's routes, the built-in ones, the files. One object per client. */
final class Dispatcher {
    private static final Set<String> KNOWN =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE");

    private final List<Routes> tables;
    private final Optional<StaticFiles> files;

    Dispatcher(List<Routes> tables, Optional<StaticFiles> files) {
        this.tables = tables;
        this.files = files;
    }

    /** @throws Exception what a route threw, but {@link HttpError} */
    Reply answer(RequestHead head, RequestBody body, Client client) throws Exception {
        String method = head.method();
        if (!KNOWN.contains(method)) {
            throw new MessageException(501, "this method is unknown here");
        }
        if (head.target().rawPath().equals("*")) {
            return options(Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"));
        }
        String routed = method.equals("HEAD") ? "GET" : method;
        List<String> segments = head.target().segments();
        Set<String> allowed = new TreeSet<>();
        for (Routes table : tables) {
            Optional<Routes.Match> match = table.match(routed, segments);
            if (match.isPresent()) {
                return route(match.get(), head, body, client);
            }
            allowed.addAll(table.methods(segments));
        }
        if (allowed.isEmpty()) {
            return file(head);
        }
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        allowed.add("OPTIONS");
        return method.equals("OPTIONS") ? options(allowed) : notAllowed(allowed);
    }

    private static Reply route(Routes.Match match, RequestHead head, RequestBody body, Client client) throws Exception {
        try {
            return Reply.of(match.route()
                    .answer(new RoutedExchange(
                            head,
                            body,
                            match.parameters(),
                            Fields.parse(head.target().query()),
                            client)));
        } catch (HttpError e) {
            return Reply.error(e.status(), String.valueOf(e.getMessage()));
        }
    }

    private Reply file(RequestHead head) throws Exception {
        boolean get = head.method().equals("GET") || head.method().equals("HEAD");
        if (get && files.isPresent()) {
            Optional<Reply> reply = files.get().answer(head);
            if (reply.isPresent()) {
                return reply.get();
            }
        }
        Set<String> allowed = new TreeSet<>(Set.of("GET", "HEAD", "OPTIONS"));
        if (head.method().equals("OPTIONS")) {
            return options(allowed);
        }
        return get ? Reply.error(404, "Not Found") : notAllowed(allowed);
    }

    private static Reply options(Set<String> allowed) {
        return new Reply(204, List.of(), new Payload.None()).with("Allow", String.join(", ", new TreeSet<>(allowed)));
    }

    private static Reply notAllowed(Set<String> allowed) {
        return Reply.of(Response.error(405, "Method Not Allowed").withHeader("Allow", String.join(", ", allowed)));
    }
}
