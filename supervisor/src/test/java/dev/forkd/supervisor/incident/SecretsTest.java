package dev.forkd.supervisor.incident;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class SecretsTest {
    @Test
    void valuesOfKeysThatSoundLikeSecretsAreRemovedAndNothingElse() {
        assertEquals("""
                users.anna.password-hash = "(removed)"
                users = { bob = { password = "(removed)", root = "/home/bob" } }
                settings.api-token = "(removed)"
                tls.key = "/etc/forkd/key.pem"
                root = "/srv/password"
                """, Secrets.removedFrom("""
                        users.anna.password-hash = "pbkdf2$1$a$b"
                        users = { bob = { password = 'x y', root = "/home/bob" } }
                        settings.api-token = 123
                        tls.key = "/etc/forkd/key.pem"
                        root = "/srv/password"
                        """));
    }
}
