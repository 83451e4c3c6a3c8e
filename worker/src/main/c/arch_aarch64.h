/* aarch64, for arch.h. */
#include <elf.h>

#define RSEQ_SIGNATURE 0xd428bc00
#define RELOCATION_JUMP_SLOT R_AARCH64_JUMP_SLOT
#define RELOCATION_GLOB_DAT R_AARCH64_GLOB_DAT
#define RELOCATION_ABSOLUTE R_AARCH64_ABS64

static inline long raw_syscall(long n, long a, long b, long c, long d, long e, long f) {
    register long x8 __asm__("x8") = n;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
    return x0;
}

static inline char *thread_pointer(void) {
    char *p;
    __asm__("mrs %0,tpidr_el0" : "=r"(p));
    return p;
}

/* Where rt_sigreturn expects the stack pointer: the signal frame begins with the siginfo. */
static inline void *signal_frame(siginfo_t *info, ucontext_t *context) {
    (void)context;
    return info;
}

/* Is the interrupted thread about to restart a system call, or does it come out of one with EINTR? */
static inline int slept_in_syscall(const ucontext_t *context) {
    const uint32_t svc = 0xd4000001;
    const uint32_t *pc = (const uint32_t *)context->uc_mcontext.pc;
    long x0 = context->uc_mcontext.regs[0];
    return pc[0] == svc || (pc[-1] == svc && x0 == -EINTR);
}

/* The last two arguments are the other way round than on x86-64. */
static inline long clone_process(long flags, int *child_tid) {
    return raw_syscall(SYS_clone, flags, 0, 0, 0, (long)child_tid, 0);
}

/* clone(2) of a thread that runs entry(thread) on the given stack and never returns. */
static inline long clone_thread(long flags, void *stack, int *tid, int *clear_at_exit, void *tls,
                                void (*entry)(struct stopped_thread *), struct stopped_thread *thread) {
    register long x8 __asm__("x8") = SYS_clone;
    register long x0 __asm__("x0") = flags;
    register void *x1 __asm__("x1") = stack;
    register void *x2 __asm__("x2") = tid;
    register void *x3 __asm__("x3") = tls;
    register void *x4 __asm__("x4") = clear_at_exit;
    register void *x9 __asm__("x9") = thread;
    register void *x10 __asm__("x10") = (void *)entry;
    __asm__ volatile("svc 0\n\t"
                     "cbnz x0,1f\n\t"
                     "mov x29,xzr\n\t"
                     "mov x30,xzr\n\t"
                     "mov x0,x9\n\t"
                     "blr x10\n\t"
                     "brk 1\n"
                     "1:"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x9), "r"(x10)
                     : "memory");
    return x0;
}

static inline _Noreturn void return_from_signal(void *frame) {
    register long x8 __asm__("x8") = SYS_rt_sigreturn;
    __asm__ volatile("mov sp,%0\n\tsvc 0" : : "r"(frame), "r"(x8) : "memory");
    __builtin_unreachable();
}

/* Guarded control stacks (GCS) would fault on a thread that returns to a frame it never called (H26). */
static inline int shadow_stacks_on(void) {
    unsigned long mode = 0;
    return raw_syscall(SYS_prctl, 74 /* PR_GET_SHADOW_STACK_STATUS */, (long)&mode, 0, 0, 0, 0) == 0 && (mode & 1);
}
