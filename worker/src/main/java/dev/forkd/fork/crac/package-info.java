/**
 * The implementation behind {@code org.crac.Core}. That class looks for a package with these five type names: the one that the system
 * property {@code org.crac.Core.Compat} names, then {@code javax.crac} and {@code jdk.crac}. Programs use org.crac, never this.
 */
package dev.forkd.fork.crac;
