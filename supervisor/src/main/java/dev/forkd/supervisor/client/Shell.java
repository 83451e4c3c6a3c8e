package dev.forkd.supervisor.client;

import dev.forkd.text.TerminalText;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/** What the prompts and commands of the clients have in common. */
public final class Shell {
    private Shell() {}

    /**
     * What went wrong, in words, also a server's, without anything that a terminal obeys. The JDK's exceptions about files say only
     * which file.
     */
    public static String reason(IOException e) {
        return TerminalText.printable(
                switch (e) {
                    case NoSuchFileException file -> file.getFile() + ": there is no such file or directory";
                    case AccessDeniedException file -> file.getFile() + ": permission denied";
                    case FileSystemException file
                    when file.getReason() == null ->
                        file.getMessage() + ": " + file.getClass().getSimpleName();
                    default ->
                        Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
                });
    }
}
