package dev.forkd.worker.handlers.ftp.files;

import java.nio.file.attribute.PosixFileAttributes;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The facts that MLSD and MLST tell (RFC 3659 section 7.5), as the client chose them with OPTS MLST.
 *
 * @param readOnly whether the user may change nothing, for the perm fact
 */
public record Facts(Set<Fact> chosen, boolean readOnly) {

    /** One fact, in the order in which they are told. */
    public enum Fact {
        TYPE,
        SIZE,
        MODIFY,
        PERM,
        UNIX_MODE;

        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '.');
        }
    }

    public static Facts all(boolean readOnly) {
        return new Facts(EnumSet.allOf(Fact.class), readOnly);
    }

    /** @param list names with semicolons, as OPTS MLST gives them; what is unknown is left out (section 7.8) */
    public Facts choose(String list) {
        Set<String> names = new HashSet<>(List.of(list.toLowerCase(Locale.ROOT).split(";")));
        Set<Fact> wanted = EnumSet.allOf(Fact.class).stream()
                .filter(fact -> names.contains(fact.text()))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Fact.class)));
        return new Facts(wanted, readOnly);
    }

    void append(StringBuilder out, PosixFileAttributes attributes) {
        boolean directory = attributes.isDirectory();
        for (Fact fact : chosen) {
            switch (fact) {
                case TYPE -> out.append("type=").append(directory ? "dir;" : "file;");
                case SIZE -> {
                    if (!directory) {
                        out.append("size=").append(attributes.size()).append(';');
                    }
                }
                case MODIFY -> {
                    out.append("modify=");
                    ListFormat.appendTime(out, attributes.lastModifiedTime().toMillis());
                    out.append(';');
                }
                case PERM -> out.append("perm=").append(perm(directory)).append(';');
                case UNIX_MODE -> {
                    int mode = Permissions.bits(attributes.permissions());
                    out.append("unix.mode=0")
                            .append((char) ('0' + (mode >> 6)))
                            .append((char) ('0' + ((mode >> 3) & 7)))
                            .append((char) ('0' + (mode & 7)))
                            .append(';');
                }
            }
        }
    }

    /** Section 7.5.5: what the user may do with it. */
    private String perm(boolean directory) {
        if (directory) {
            return readOnly ? "el" : "flcdmpe";
        }
        return readOnly ? "r" : "adfrw";
    }
}
