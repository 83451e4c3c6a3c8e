package dev.forkd.worker.handlers.ftp.files;

import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The lowest nine bits of st_mode (inode(7)) from and to Java's set of permissions. */
public final class Permissions {
    /** From bit 8 down to bit 0, as {@code ls -l} shows them. */
    private static final List<PosixFilePermission> BITS = List.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.GROUP_EXECUTE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private Permissions() {}

    public static int bits(Set<PosixFilePermission> permissions) {
        int bits = 0;
        for (PosixFilePermission permission : BITS) {
            bits = (bits << 1) | (permissions.contains(permission) ? 1 : 0);
        }
        return bits;
    }

    public static Set<PosixFilePermission> of(int bits) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int bit = 0; bit < BITS.size(); bit++) {
            if (((bits >> (BITS.size() - 1 - bit)) & 1) == 1) {
                boolean _ = permissions.add(BITS.get(bit));
            }
        }
        return permissions;
    }
}
