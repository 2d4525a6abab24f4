import './styles/index.css';
import { render } from 'preact';
import { keepPage } from './actions/offline.ts';
import { followOtherTabs } from './actions/session.ts';
import { whenSignedOut } from './api/client.ts';
import { takeUpDraft } from './state/draft.ts';
import { session } from './state/session.ts';
import { holdTab } from './state/tab.ts';
import { Page } from './views/page.tsx';

whenSignedOut(() => session.dispatch('asked to sign in'));
followOtherTabs();

const root = document.getElementById('app');
if (root) render(<Page />, root);
keepPage();
holdTab();
void takeUpDraft();
