package dev.forkd.worker.handlers.http.files;

import dev.forkd.handler.http.Response;
import dev.forkd.worker.handlers.http.message.Reply;
import dev.forkd.worker.handlers.http.message.RequestHead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers one client's GET and HEAD requests from the files under the service's root.
 *
 * <p>The file sent last stays open while the client asks for it again and it has not changed, which one stat(2) per request
 * tells. One object per client; not for several threads.
 */
public final class StaticFiles implements AutoCloseable {

    /**
     * What is served.
     *
     * @param index names of the page that stands for a folder, the first that exists
     * @param listing whether a folder without such a page shows what is in it
     * @param hidden whether names that begin with a dot are served
     */
    public record Site(Path root, List<String> index, boolean listing, boolean hidden) {}

    private record Kept(String rawPath, boolean gzipAsked, OpenFile file) {}

    private final Site site;
    private final FileFinder finder;
    private Optional<Kept> kept = Optional.empty();

    public StaticFiles(Site site) {
        this.site = site;
        this.finder = new FileFinder(site.root(), site.hidden());
    }

    /** The answer to a GET or HEAD request, empty if there is nothing at this path. */
    public Optional<Reply> answer(RequestHead head) throws IOException {
        boolean gzip =
                head.field("Accept-Encoding").filter(Encodings::acceptGzip).isPresent();
        String rawPath = head.target().rawPath();
        if (kept.isPresent()) {
            Kept k = kept.get();
            if (k.rawPath().equals(rawPath) && k.gzipAsked() == gzip && k.file().isCurrent()) {
                return Optional.of(FileReply.of(head, k.file()));
            }
            close();
        }
        List<String> segments = head.target().segments();
        return switch (finder.find(segments).orElse(null)) {
            case null -> Optional.empty();
            case FileFinder.Found.File file when head.target().endsWithSlash() -> Optional.empty();
            case FileFinder.Found.File file -> open(file, head, gzip);
            case FileFinder.Found.Folder _ when !head.target().endsWithSlash() -> Optional.of(toFolder(head));
            case FileFinder.Found.Folder folder -> folder(folder.path(), head, gzip);
        };
    }

    /** Relative links of the page need the slash. */
    private static Reply toFolder(RequestHead head) {
        String query = head.target().query();
        String location = head.target().encodedPath() + "/" + (query.isEmpty() ? "" : "?" + query);
        return Reply.of(Response.error(301, "Moved Permanently").withHeader("Location", location));
    }

    private Optional<Reply> folder(Path folder, RequestHead head, boolean gzip) throws IOException {
        List<String> segments = head.target().segments();
        for (String name : site.index()) {
            List<String> page = new ArrayList<>(segments.subList(0, segments.size() - 1));
            page.add(name);
            if (finder.find(page).orElse(null) instanceof FileFinder.Found.File file) {
                return open(file, head, gzip);
            }
        }
        return site.listing() ? Optional.of(Reply.of(Listing.page(finder, folder, segments))) : Optional.empty();
    }

    private Optional<Reply> open(FileFinder.Found.File found, RequestHead head, boolean gzip) {
        try {
            OpenFile file = variant(found, gzip);
            kept = Optional.of(new Kept(head.target().rawPath(), gzip, file));
            return Optional.of(FileReply.of(head, file));
        } catch (IOException e) {
            return Optional.empty(); // no permission, or gone since
        }
    }

    /** A compressed copy beside the file, {@code NAME.gz}, is sent to who takes it, unless it is older than the file. */
    private OpenFile variant(FileFinder.Found.File found, boolean gzip) throws IOException {
        String name = String.valueOf(found.path().getFileName());
        String type = MediaTypes.of(name);
        if (finder.at(found.path().resolveSibling(name + ".gz")).orElse(null) instanceof FileFinder.Found.File copy
                && !isOlder(copy, found)) {
            return gzip
                    ? OpenFile.open(copy, type, OpenFile.Coding.GZIP)
                    : OpenFile.open(found, type, OpenFile.Coding.NOT_ASKED_FOR);
        }
        return OpenFile.open(found, type, OpenFile.Coding.NONE);
    }

    private static boolean isOlder(FileFinder.Found.File copy, FileFinder.Found.File original) {
        return copy.attributes()
                        .lastModifiedTime()
                        .compareTo(original.attributes().lastModifiedTime())
                < 0;
    }

    @Override
    public void close() throws IOException {
        if (kept.isPresent()) {
            kept.get().file().close();
            kept = Optional.empty();
        }
    }
}
