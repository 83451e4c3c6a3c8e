package dev.forkd.supervisor.client.files;

import dev.forkd.files.FileEntry;
import dev.forkd.supervisor.client.Told;
import dev.forkd.text.TerminalText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/**
 * What a person can ask for, at the prompt or as a command: the conversation, and what is printed about it.
 *
 * @param directory what relative names of local files are relative to
 */
record FilesActions(Path directory, Told told) {
    /** Prints the listing, and returns it. */
    List<FileEntry> list(FilesClient client, boolean json) throws IOException {
        List<FileEntry> files = client.list();
        PrintWriter out = told.out();
        if (json) {
            out.println(json(files));
        } else {
            files.forEach(file -> out.printf(
                    "%14d  %s  %s%n",
                    file.size(),
                    Told.time(Instant.ofEpochMilli(file.modifiedMillis())),
                    TerminalText.printable(file.name())));
        }
        out.flush();
        return files;
    }

    private static String json(List<FileEntry> files) {
        JsonMapper mapper = JsonMapper.shared();
        ArrayNode all = mapper.createArrayNode();
        for (FileEntry file : files) {
            all.addObject()
                    .put("name", file.name())
                    .put("size", file.size())
                    .put("modified", Instant.ofEpochMilli(file.modifiedMillis()).toString());
        }
        return all.toString();
    }

    /** @param local file or directory to fetch into, relative or not */
    void get(FilesClient client, String name, Path local, FileDownload.Options options) throws IOException {
        Path given = directory.resolve(local);
        Path target = Files.isDirectory(given) ? given.resolve(localName(name)) : given;
        FileDownload.Fetched fetched = new FileDownload(client, options).fetch(name, target);
        told.moved("got", name, fetched.length(), fetched.received());
    }

    /** The server's own names have no slash; a name that has one is refused by it, and here never becomes a path. */
    private static String localName(String name) {
        return name.replace('/', '_');
    }

    void put(FilesClient client, Path local, String name, boolean progress) throws IOException {
        FileUpload.Stored stored = new FileUpload(client, progress).store(directory.resolve(local), name);
        told.moved("put", name, stored.length(), stored.sent());
    }
}
