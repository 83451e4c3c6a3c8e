package dev.forkd.supervisor.client;

import dev.forkd.files.FileNames;
import dev.forkd.files.Sha256;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What a file is called while it is fetched: its name, a dot, and what tells to which content its bytes belong. */
public final class PartName {
    private PartName() {}

    /**
     * The target's name and a dot; in place of a name that would become too long with the rest, its hash.
     *
     * @param rest bytes that follow, at most
     */
    public static String stem(Path target, int rest) {
        String name = target.getFileName().toString();
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        boolean fits = bytes.length + 1 + rest <= FileNames.MAX_BYTES;
        return (fits ? name : Sha256.of(Sha256.digest().digest(bytes)).hex()) + ".";
    }
}
