/** How values that several modules print are written for people: on the JDK alone, so that every package may use it. */
package dev.forkd.text;
