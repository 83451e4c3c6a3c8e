package dev.forkd.worker.handlers.ftp;

import dev.forkd.worker.handlers.ftp.files.Quota;
import dev.forkd.worker.handlers.ftp.files.UserFiles;
import dev.forkd.worker.handlers.ftp.login.Account;
import java.io.IOException;

/** A user and what is this user's. */
record LoggedIn(Account account, UserFiles files, Quota quota) {

    static LoggedIn as(Account account, boolean showHidden) throws IOException {
        UserFiles files = new UserFiles(account.root(), showHidden);
        return new LoggedIn(account, files, new Quota(files.root(), account.quota()));
    }

    /** @throws FtpException 550 for users who may only read */
    void mustBeAllowedToWrite() throws FtpException {
        if (account.readOnly()) {
            throw new FtpException(550, "Permission denied: you may only read.");
        }
    }
}
