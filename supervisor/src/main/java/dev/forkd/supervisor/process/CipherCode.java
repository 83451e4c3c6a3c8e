package dev.forkd.supervisor.process;

import java.util.List;
import java.util.stream.Stream;

/**
 * Options of worker JVMs that bring ciphers to speed at once.
 *
 * <p>HotSpot has AES-GCM, SHA-2 and the arithmetic of RSA in machine code written by hand, and calls it from code of its best compiler
 * only. That compiler takes up a method after thousands of calls; until then AES-GCM runs at 60 MB/s instead of 4,000. Workers are young,
 * and in forked ones warm code stays as the first compiler made it (docs/adr/0205). So these few methods, each hardly more than that
 * call or, for passwords, a loop around it (PBKDF2), go to the best compiler after a hundredth of the calls. A JDK that has no such
 * method takes no notice.
 */
final class CipherCode {
    private static final List<String> METHODS = List.of(
            "com.sun.crypto.provider.GaloisCounterMode::implGCMCrypt",
            "com.sun.crypto.provider.GHASH::update",
            "com.sun.crypto.provider.CounterMode::crypt",
            "com.sun.crypto.provider.AESCrypt::encryptBlock",
            "sun.security.provider.DigestBase::implCompressMultiBlock",
            "sun.security.provider.SHA2::implCompress",
            "sun.security.provider.SHA5::implCompress",
            "sun.security.provider.SHA2::implDigest",
            "sun.security.provider.DigestBase::engineUpdate",
            "sun.security.provider.DigestBase::engineDigest",
            "com.sun.crypto.provider.HmacCore::engineUpdate",
            "com.sun.crypto.provider.HmacCore::engineDoFinal",
            "com.sun.crypto.provider.PBKDF2KeyImpl::deriveKey",
            "javax.crypto.Mac::update",
            "javax.crypto.Mac::doFinal",
            "java.math.BigInteger::montgomeryMultiply",
            "java.math.BigInteger::montgomerySquare");

    static final List<String> OPTIONS = Stream.concat(
                    Stream.of("-XX:CompileCommand=quiet"), // else HotSpot tells of each on standard output
                    METHODS.stream().map(method -> "-XX:CompileCommand=CompileThresholdScaling," + method + ",0.01"))
            .toList();

    private CipherCode() {}
}
