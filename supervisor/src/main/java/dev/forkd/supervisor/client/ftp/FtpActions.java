package dev.forkd.supervisor.client.ftp;

import dev.forkd.supervisor.client.Told;
import dev.forkd.text.TerminalText;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a person can ask for, at the prompt or as a command, and what is printed about it.
 *
 * @param directory what relative names of local files are relative to
 * @param err where a mirror tells what it could not do
 * @param progress whether a bar may be drawn
 */
record FtpActions(Path directory, Told told, PrintWriter err, boolean progress) {
    List<FtpConnection.Entry> list(FtpConnection connection, String path) throws IOException {
        List<FtpConnection.Entry> entries = connection.list(path).entries();
        PrintWriter out = told.out();
        for (FtpConnection.Entry entry : entries) {
            out.printf(
                    "%s %14d  %s  %s%n",
                    entry.directory() ? "d" : "-",
                    entry.size(),
                    Told.time(entry.modified()),
                    TerminalText.printable(entry.name()) + (entry.directory() ? "/" : ""));
        }
        out.flush();
        return entries;
    }

    /** @param local file or directory to fetch into, relative or not */
    void get(FtpConnection connection, String name, Path local, boolean resume) throws IOException {
        Path given = directory.resolve(local);
        String last = name.substring(name.lastIndexOf('/') + 1);
        if (!FtpConnection.Entry.isName(last)) {
            throw new FtpFailure(FtpExit.FAILURE, "get " + name + ": that is not a file's name");
        }
        Path target = Files.isDirectory(given) ? given.resolve(last) : given;
        FtpTransfers.Moved moved = new FtpTransfers(connection, progress).get(name, target, resume);
        told.moved("got", name, moved.length(), moved.now());
    }

    void put(FtpConnection connection, Path local, String name, boolean resume) throws IOException {
        Path file = directory.resolve(local);
        if (!Files.isRegularFile(file)) {
            throw new FtpFailure(FtpExit.FAILURE, "put " + local + ": there is no such file here");
        }
        FtpTransfers.Moved moved = new FtpTransfers(connection, progress).put(file, name, resume);
        told.moved("put", name, moved.length(), moved.now());
    }

    /** @param reverse here to server */
    void mirror(FtpConnection connection, String remote, Path local, boolean reverse, boolean delete)
            throws IOException {
        Path here = directory.resolve(local);
        if (reverse && !Files.isDirectory(here)) {
            throw new FtpFailure(FtpExit.FAILURE, "mirror " + local + ": there is no such directory here");
        }
        FtpMirror mirror = new FtpMirror(new FtpTransfers(connection, progress), told, err, delete);
        FtpMirror.Tally tally = reverse ? mirror.store(here, remote) : mirror.fetch(remote, here);
        if (!tally.isComplete()) {
            throw new FtpFailure(FtpExit.FAILURE, "mirror: " + tally);
        }
        told.say(tally.toString());
    }
}
