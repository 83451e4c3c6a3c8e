package dev.forkd.examples;

import dev.forkd.handler.Request;
import dev.forkd.handler.ServerInfo;
import dev.forkd.handler.StreamHandler;
import dev.forkd.handler.WarmUp;
import dev.forkd.handler.http.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Counts the visits in lines of a web server's access log, up to an empty line, and answers in JSON. Uses much of the JDK, and has a
 * warm-up of its own only where the setting {@code warm-up} says so: what {@code refork} is for.
 */
public final class VisitsHandler implements StreamHandler {
    private static final String EXAMPLE =
            "192.0.2.7 - ada [25/Nov/2026:07:55:10 +0100] \"GET /index.html HTTP/1.1\" 200 5120\n\n";

    private boolean warm;

    /** One line of the log. */
    private record Visit(ZonedDateTime at, String path, int status, int bytes) {
        private static final Pattern LINE =
                Pattern.compile("(\\S+) \\S+ (\\S+) \\[([^]]+)] \"(?:GET|POST) ([^ \"]+)[^\"]*\" (\\d{3}) (\\d+|-)");
        private static final DateTimeFormatter TIME =
                DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH);

        static Visit parse(String line) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw new IllegalArgumentException("no line of an access log: " + line);
            }
            int bytes = matcher.group(6).equals("-") ? 0 : Integer.parseInt(matcher.group(6));
            return new Visit(
                    ZonedDateTime.parse(matcher.group(3), TIME),
                    matcher.group(4),
                    Integer.parseInt(matcher.group(5)),
                    bytes);
        }
    }

    @Override
    public void start(ServerInfo server) {
        warm = server.settings().bool("warm-up", false);
    }

    @Override
    public void warmUp(WarmUp warmUp) throws IOException {
        if (warm) {
            byte[] _ = warmUp.exchange(EXAMPLE.getBytes(StandardCharsets.UTF_8));
        } else {
            byte[] _ = warmUp.exchange(new byte[0]);
        }
    }

    @Override
    public void handle(Request request) throws IOException {
        var in = new BufferedReader(new InputStreamReader(request.input(), StandardCharsets.UTF_8));
        String first = in.readLine();
        if (first == null) {
            return;
        }
        List<Visit> visits = new ArrayList<>(List.of(Visit.parse(first)));
        for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
            visits.add(Visit.parse(line));
        }
        request.output().write((Json.write(summary(visits)) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static Map<String, Object> summary(List<Visit> visits) {
        Map<LocalDate, List<Visit>> byDay = visits.stream()
                .collect(Collectors.groupingBy(visit -> visit.at().toLocalDate(), TreeMap::new, Collectors.toList()));
        Map<String, Object> days = new TreeMap<>();
        byDay.forEach((day, ofDay) -> days.put(title(day), figures(ofDay)));
        return days;
    }

    private static String title(LocalDate day) {
        return day.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH) + ", "
                + DateTimeFormatter.ofLocalizedDate(FormatStyle.MEDIUM)
                        .withLocale(Locale.ENGLISH)
                        .format(day);
    }

    private static Map<String, Object> figures(List<Visit> visits) {
        IntSummaryStatistics bytes = visits.stream().mapToInt(Visit::bytes).summaryStatistics();
        Map<String, Object> figures = new TreeMap<>();
        figures.put("visits", visits.size());
        figures.put(
                "failed", visits.stream().filter(visit -> visit.status() >= 400).count());
        figures.put("kilobytes", String.format(Locale.ENGLISH, "%,.1f", bytes.getSum() / 1000.0));
        figures.put(
                "paths", visits.stream().map(Visit::path).distinct().sorted().toList());
        return figures;
    }
}
