package dev.forkd.fork;

import dev.forkd.sys.ForkLibrary;
import dev.forkd.sys.HotSpotFlags;
import java.lang.management.ManagementFactory;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Warms a method on first-tier code, forgets it, and tells by which tiers it was compiled: what happens to a service's code between its
 * zygote and a worker that computes.
 */
final class ForgetCodeMain {
    /** Any of ours: once the loop is compiled with the method that it calls in it, that method is called no more. */
    private static final String METHODS = "dev.forkd.fork.ForgetCodeMain.";

    private static final int ENOUGH_CALLS = 2_000_000;

    private ForgetCodeMain() {}

    public static void main(String[] args) throws Exception {
        HotSpotFlags.Flag highest =
                HotSpotFlags.ofThisProcess().find("TieredStopAtLevel").orElseThrow();
        long all = highest.value();
        highest.set(1);
        long sum = computeUntilCompiledBy(1);
        highest.set(all);
        ForkLibrary.load().forgetCode();
        System.out.println("event=forgotten level=" + level());
        sum += computeUntilCompiledBy(4);
        System.out.println("event=compiled level=4 sum=" + sum); // code that has been seen may be thrown away any time
    }

    private static long computeUntilCompiledBy(int wanted) throws Exception {
        long sum = 0;
        while (level() != wanted) {
            for (int i = 0; i < ENOUGH_CALLS; i++) {
                sum = step(sum, i);
            }
        }
        return sum;
    }

    private static long step(long sum, int i) {
        return sum * 31 + (sum >>> 7) ^ i;
    }

    /** The best tier of the code that our methods have now; 0 if all are interpreted. */
    private static int level() throws Exception {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        String list = (String) beans.invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"), "compilerCodelist", null, null);
        return list.lines()
                .filter(line -> line.contains(METHODS))
                .map(line -> line.trim().split(" +"))
                .filter(words -> words[2].equals("0")) // in use
                .mapToInt(words -> Integer.parseInt(words[1]))
                .max()
                .orElse(0);
    }
}
