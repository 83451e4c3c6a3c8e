package jdk.test.whitebox;

/**
 * The name under which HotSpot offers its tests what it offers nobody else; see {@code worker/src/main/c/code.c}, which defines this
 * class in the boot loader. Nothing in forkd loads it in any other way.
 */
final class WhiteBox {
    private WhiteBox() {}

    static native void registerNatives();
}
