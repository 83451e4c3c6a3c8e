package dev.forkd.worker.handlers.http.files;

import dev.forkd.handler.http.PercentCoding;
import dev.forkd.handler.http.Response;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The page that shows what is in a folder. */
final class Listing {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final String STYLE =
            "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;color:#222;background:#fff}"
                    + "h1{font-size:1.3rem;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%}"
                    + "td,th{padding:.25rem .75rem .25rem 0;text-align:left;border-bottom:1px solid #ddd}"
                    + "td+td,th+th{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
                    + "a{color:#0550ae;text-decoration:none;overflow-wrap:anywhere}a:hover{text-decoration:underline}"
                    + "@media(prefers-color-scheme:dark){body{color:#ddd;background:#16181c}a{color:#79b8ff}"
                    + "td,th{border-color:#333}}";

    private Listing() {}

    private record Line(String name, boolean folder, BasicFileAttributes attributes) {}

    /** @param segments of the request's path, the last of them empty */
    static Response page(FileFinder finder, Path folder, List<String> segments) throws IOException {
        String title = "Index of /" + String.join("/", segments);
        StringBuilder page = new StringBuilder(2048);
        page.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>")
                .append(escape(title))
                .append("</title><style>")
                .append(STYLE)
                .append("</style></head><body><h1>")
                .append(escape(title))
                .append(
                        "</h1>\n<table><thead><tr><th>Name</th><th>Size</th><th>Changed (UTC)</th></tr></thead><tbody>\n");
        if (segments.size() > 1) {
            page.append("<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
        }
        for (Line line : lines(finder, folder, segments)) {
            append(page, line);
        }
        return Response.html(page.append("</tbody></table></body></html>\n").toString());
    }

    private static void append(StringBuilder page, Line line) {
        String end = line.folder() ? "/" : "";
        page.append("<tr><td><a href=\"./")
                .append(PercentCoding.encode(line.name()))
                .append(end)
                .append("\">")
                .append(escape(line.name()))
                .append(end)
                .append("</a></td><td>")
                .append(line.folder() ? "" : line.attributes().size())
                .append("</td><td>")
                .append(TIME.format(line.attributes().lastModifiedTime().toInstant()))
                .append("</td></tr>\n");
    }

    /** Folders first; only what a request for it would find. */
    private static List<Line> lines(FileFinder finder, Path folder, List<String> segments) throws IOException {
        List<Line> lines = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                List<String> path = new ArrayList<>(segments.subList(0, Math.max(0, segments.size() - 1)));
                path.add(name);
                Optional<FileFinder.Found> found = finder.find(path);
                BasicFileAttributes attributes = found.isEmpty() ? null : FileFinder.attributes(entry);
                if (attributes != null) {
                    lines.add(new Line(name, attributes.isDirectory(), attributes));
                }
            }
        }
        lines.sort(Comparator.comparing((Line l) -> !l.folder()).thenComparing(Line::name));
        return lines;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
