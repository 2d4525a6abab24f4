import { useRef, useState } from 'preact/hooks';
import { signIn } from '../actions/session.ts';
import type { Problem } from '../api/problem.ts';
import { LogoIcon } from './ui/icons.tsx';

export function SignIn() {
  const field = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();

  const submit = async (event: Event) => {
    event.preventDefault();
    if (busy || !field.current) return;
    setBusy(true);
    const failed = await signIn(field.current.value);
    setBusy(false);
    setProblem(failed);
    if (failed) field.current.select();
  };

  return (
    <main class="sign-in">
      <h1 class="name">
        <LogoIcon />
        gitpost
      </h1>
      <form onSubmit={submit} aria-label="Sign in">
        <label for="token">Access token</label>
        <input
          id="token"
          ref={field}
          type="password"
          autocomplete="current-password"
          required
          autofocus
          aria-invalid={problem !== undefined}
          aria-describedby="token-help token-error"
        />
        <p id="token-help" class="hint">
          The value of ACCESS_TOKEN on the machine that runs gitpost.
        </p>
        <p id="token-error" class="error" role="alert">
          {problem?.detail}
        </p>
        <button type="submit" class="primary" aria-disabled={busy}>
          Sign in
        </button>
      </form>
    </main>
  );
}
