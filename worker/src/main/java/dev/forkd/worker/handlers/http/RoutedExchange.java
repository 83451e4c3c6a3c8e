package dev.forkd.worker.handlers.http;

import dev.forkd.handler.Request;
import dev.forkd.handler.http.Exchange;
import dev.forkd.worker.handlers.http.message.RequestBody;
import dev.forkd.worker.handlers.http.message.RequestHead;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hc.core5.http.NameValuePair;

/** One request as a route sees it. */
record RoutedExchange(
        RequestHead head,
        RequestBody body,
        Map<String, String> parameters,
        Map<String, List<String>> query,
        Client from)
        implements Exchange {

    @Override
    public String method() {
        return head.method().equals("HEAD") ? "GET" : head.method();
    }

    @Override
    public String path() {
        return head.target().path();
    }

    @Override
    public String parameter(String name) {
        String value = parameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route's path has no {" + name + "}, only " + parameters.keySet());
        }
        return value;
    }

    @Override
    public List<String> headers(String name) {
        return Stream.of(head.message().getHeaders(name))
                .map(NameValuePair::getValue)
                .toList();
    }

    @Override
    public String client() {
        return from.name();
    }

    @Override
    public Request connection() {
        return from.request();
    }
}
