package dev.forkd.supervisor.client.files;

import dev.forkd.files.FileNames;
import dev.forkd.files.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The beginning of a fetched file: {@code TARGET.REVISION.part}, with the server's revision as 16 hexadecimal digits. */
record PartFile(Path path, long revision) {
    private static final String SUFFIX = ".part";
    private static final int DIGITS = 16;

    static PartFile of(Path target, long revision) {
        String name = stem(target) + HexFormat.of().toHexDigits(revision) + SUFFIX;
        return new PartFile(target.resolveSibling(name), revision);
    }

    /** What earlier tries have left beside the target: one, unless the server's file changed between them. */
    static List<PartFile> all(Path target) throws IOException {
        String stem = stem(target);
        Pattern digits = Pattern.compile(Pattern.quote(stem) + "([0-9a-f]{16})" + Pattern.quote(SUFFIX));
        List<PartFile> found = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(target.toAbsolutePath().getParent())) {
            for (Path file : files) {
                Matcher m = digits.matcher(file.getFileName().toString());
                if (m.matches() && Files.isRegularFile(file)) {
                    found.add(new PartFile(file, HexFormat.fromHexDigitsToLong(m.group(1))));
                }
            }
        }
        return found;
    }

    /** The target's name and a dot; in place of a name that would become too long with the rest, its hash. */
    private static String stem(Path target) {
        String name = target.getFileName().toString();
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        boolean fits = bytes.length + 1 + DIGITS + SUFFIX.length() <= FileNames.MAX_BYTES;
        return (fits ? name : Sha256.of(Sha256.digest().digest(bytes)).hex()) + ".";
    }
}
