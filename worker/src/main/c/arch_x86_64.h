/* x86-64, for arch.h. */
#include <elf.h>

#define RSEQ_SIGNATURE 0x53053053
#define RELOCATION_JUMP_SLOT R_X86_64_JUMP_SLOT
#define RELOCATION_GLOB_DAT R_X86_64_GLOB_DAT
#define RELOCATION_ABSOLUTE R_X86_64_64

static inline long raw_syscall(long n, long a, long b, long c, long d, long e, long f) {
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static inline char *thread_pointer(void) {
    char *p;
    __asm__("mov %%fs:0,%0" : "=r"(p));
    return p;
}

/* Where rt_sigreturn expects the stack pointer: the ucontext, the return address above it being gone. */
static inline void *signal_frame(siginfo_t *info, ucontext_t *context) {
    (void)info;
    return context;
}

/* Is the interrupted thread about to restart a system call, or does it come out of one with EINTR? */
static inline int slept_in_syscall(const ucontext_t *context) {
    const uint8_t *ip = (const uint8_t *)context->uc_mcontext.gregs[REG_RIP];
    long ax = context->uc_mcontext.gregs[REG_RAX];
    int will_restart = ip[0] == 0x0f && ip[1] == 0x05;
    int was_interrupted = ip[-2] == 0x0f && ip[-1] == 0x05 && ax == -EINTR;
    return will_restart || was_interrupted;
}

/* A stack of the child's own is not given: it goes on with a copy of the caller's. */
static inline long clone_process(long flags, int *child_tid) {
    return raw_syscall(SYS_clone, flags, 0, 0, (long)child_tid, 0, 0);
}

/* clone(2) of a thread that runs entry(thread) on the given stack and never returns. In assembler, because the new
   thread comes out of the system call with a stack on which none of our locals are. */
static inline long clone_thread(long flags, void *stack, int *tid, int *clear_at_exit, void *tls,
                                void (*entry)(struct stopped_thread *), struct stopped_thread *thread) {
    register int *r10 __asm__("r10") = clear_at_exit;
    register void *r8 __asm__("r8") = tls;
    register void *r12 __asm__("r12") = thread;
    register void *r13 __asm__("r13") = (void *)entry;
    long result;
    __asm__ volatile("syscall\n\t"
                     "test %%rax,%%rax\n\t"
                     "jnz 1f\n\t"
                     "xor %%ebp,%%ebp\n\t" /* the end of the frame chain, for debuggers */
                     "mov %%r12,%%rdi\n\t"
                     "call *%%r13\n\t"
                     "hlt\n"
                     "1:"
                     : "=a"(result)
                     : "a"(SYS_clone), "D"(flags), "S"(stack), "d"(tid), "r"(r10), "r"(r8), "r"(r12), "r"(r13)
                     : "rcx", "r11", "memory");
    return result;
}

static inline _Noreturn void return_from_signal(void *frame) {
    __asm__ volatile("mov %0,%%rsp\n\tsyscall" : : "r"(frame), "a"(SYS_rt_sigreturn) : "memory");
    __builtin_unreachable();
}

/* User shadow stacks (CET) would fault on a thread that returns to a frame it never called (H26). */
static inline int shadow_stacks_on(void) {
    unsigned long features = 0;
    return raw_syscall(SYS_arch_prctl, 0x5005 /* ARCH_SHSTK_STATUS */, (long)&features, 0, 0, 0, 0) == 0 && (features & 1);
}
