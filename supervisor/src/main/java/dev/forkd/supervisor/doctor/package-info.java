/** {@code forkd doctor}: looks at the machine and tells what works, what does not, and what to do about it. Changes nothing. */
package dev.forkd.supervisor.doctor;
