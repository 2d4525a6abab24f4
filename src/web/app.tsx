import './styles/index.css';
import { render } from 'preact';
import { recallFiles } from './actions/files.ts';
import { forgetAtSignOut } from './actions/kept-pages.ts';
import { keepPage } from './actions/offline.ts';
import { followOtherTabs } from './actions/session.ts';
import { takeShared } from './actions/share.ts';
import { whenSignedOut } from './api/client.ts';
import { takeUpDraft } from './state/draft.ts';
import { session } from './state/session.ts';
import { holdTab } from './state/tab.ts';
import { followTheme } from './state/theme.ts';
import { Page } from './views/page.tsx';

whenSignedOut(() => session.dispatch('asked to sign in'));
followOtherTabs();

followTheme();
forgetAtSignOut();
takeShared();

const root = document.getElementById('app');
if (root) render(<Page />, root);
keepPage();
holdTab();
recallFiles(takeUpDraft());
